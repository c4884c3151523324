"""The settings that people change most, as a form over the project: each is an edit of the document.

The document is what the form shows. What is typed becomes an edit in the callback of its field, which Streamlit calls before
anything of the page runs: so it is saved before a click on Train in the same moment, and no run of the page that is cut
short can lose it.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

import streamlit as st

from builder.document import Project
from builder.edits import apply_edits
from runtime.fast_path import choose_device
from ui.projects import NewerRevision, Stored, load_project, save_project
from ui.training.fields import Edit, FieldError, Setting, list_settings, read_text, read_value, write_value

EXECUTORS: Final = {"process": "Own process", "thread": "Inside the server"}
DEVICES: Final = {"auto": "Best there is", "cpu": "CPU", "cuda": "GPU"}
PRECISIONS: Final = {"auto": "Best for the device", "float32": "float32", "bfloat16": "bfloat16, mixed"}
KERNELS: Final = {"auto": "Best for the device", "fused": "Fused", "plain": "Plain"}
LAYOUTS: Final = {"auto": "Best for the device", "contiguous": "Channels first", "channels_last": "Channels last"}
PLACES: Final = {"auto": "Best for the device", "device": "On the device", "host": "Streamed from memory"}
COMPILING: Final = {"off": "No", "on": "While it trains", "graphs": "Whole steps as CUDA graphs"}
CHOICES: Final = {
    "device": DEVICES,
    "executor": EXECUTORS,
    "precision": PRECISIONS,
    "optimizer_kernels": KERNELS,
    "memory_format": LAYOUTS,
    "data_place": PLACES,
    "compiling": COMPILING,
}
HELP: Final = {
    "seed": "The same seed gives the same run.",
    "executor": "A process of its own keeps the page quick, and a crash ends the run alone.",
    "precision": "The best is bfloat16 on a GPU that is made for it, float32 elsewhere.",
    "optimizer_kernels": "Fused kernels step all weights at once, and round otherwise than plain ones. The best is fused.",
    "data_place": "Data on the device is fastest. What takes more than half of a GPU's free memory is streamed.",
    "compiling": "Networks are compiled beside the run and take over when they are ready, which changes last digits: two "
    "runs of one seed differ. On the CPU convolutions become slower by it. As a CUDA graph a GPU replays whole steps "
    "without Python between its kernels, which small networks gain most by.",
    "memory_format": "How the weights of convolutions lie in memory. The best is channels last on a GPU in bfloat16.",
}
SELDOM: Final = (
    "seed",
    "device",
    "executor",
    "precision",
    "optimizer_kernels",
    "memory_format",
    "data_place",
    "compiling",
)
REFUSED: Final = "refused_settings"
SHOWN: Final = "shown_settings"
"""How often each field came to be shown."""
"""Where the sentences about what was typed and not taken are kept, by the key of the field."""
RED: Final = """<style>
.st-key-{field} [data-testid="stTextInputRootElement"] {{ border-color: light-dark(#c2352f, #ff8a80) !important; }}
</style>"""
_saving = Lock()


def ask_settings(stored: Stored, is_nested: bool = False) -> list[str]:
    """Show the form. Returns why something that stands in it is not taken, a sentence for each field.

    ``is_nested`` says that it stands in a popover already, where there is room for all of it and no second one may be.
    """
    settings = list_settings(stored.project)
    with st.container(horizontal=True, vertical_alignment="bottom", key="settings"):
        for setting in settings.values():
            if setting.key not in SELDOM:
                ask_number(stored, setting, is_nested)
        if not is_nested:
            with st.popover("More"):
                ask_seldom(stored, settings)
    if is_nested:
        with st.container(horizontal=True, vertical_alignment="bottom", key="settings-seldom"):
            ask_seldom(stored, settings)
    refused: dict[str, str] = st.session_state.get(REFUSED, {})
    return [
        refused[name_field(stored, setting)] for setting in settings.values() if name_field(stored, setting) in refused
    ]


def ask_seldom(stored: Stored, settings: dict[str, Setting]) -> None:
    """The fields that are changed seldom."""
    for key in SELDOM:
        if key in CHOICES:
            ask_choice(stored, settings[key])
        else:
            ask_number(stored, settings[key], is_nested=True)


def name_field(stored: Stored, setting: Setting) -> str:
    """The key of the field of a setting, the same for as long as it is shown."""
    name = f"setting-{stored.id}-{setting.key}"
    return f"{name}-{st.session_state.get(SHOWN, {}).get(name, 0)}"


def renew_field(stored: Stored, setting: Setting) -> str:
    """Another key for a field that is to show what stands in the document.

    A browser says what was typed under a key until it hears of another value, and a field that comes back says it again: under
    the same key that would count as typed anew, and undo the change.
    """
    name = f"setting-{stored.id}-{setting.key}"
    shown: dict[str, int] = st.session_state.setdefault(SHOWN, {})
    shown[name] = shown.get(name, 0) + 1
    return name_field(stored, setting)


def ask_number(stored: Stored, setting: Setting, is_nested: bool) -> None:
    """A field for a number, in sight or nested in a popover."""
    field = name_field(stored, setting)
    if not holds_number(field, setting):
        field = renew_field(stored, setting)
    begins_with = write_value(setting.value)
    if is_nested:
        # Said in every run of the page, since what a closed popover holds is forgotten until it is opened. A field in sight
        # only begins with its value: a run that another field started would say an old value over what was typed since.
        st.session_state[field] = st.session_state.get(field, begins_with)
        begins_with = ""
    if field in st.session_state.get(REFUSED, {}):
        st.html(RED.format(field=field.replace(".", "-")))
    st.text_input(
        setting.label,
        begins_with,
        key=field,
        width="stretch" if setting.key in SELDOM else 112 if len(setting.label) < 20 else 176,
        help=HELP.get(setting.key),
        on_change=take_setting,
        args=(stored, setting.key),
    )


def holds_number(field: str, setting: Setting) -> bool:
    """Whether a field shows what stands in the document, perhaps in other words, or something that was refused."""
    shown = st.session_state.get(field)
    refused: dict[str, str] = st.session_state.setdefault(REFUSED, {})
    return shown is not None and (field in refused or read_text(str(shown)) == setting.value)


def ask_choice(stored: Stored, setting: Setting) -> None:
    """A field for one of a few words."""
    field, words = name_field(stored, setting), CHOICES[setting.key]
    if st.session_state.get(field) != setting.value:
        field = renew_field(stored, setting)
        st.session_state[field] = setting.value
    st.selectbox(
        setting.label,
        list(words),
        format_func=words.__getitem__,
        key=field,
        help=HELP.get(setting.key),
        on_change=take_setting,
        args=(stored, setting.key),
    )


def take_setting(stored: Stored, key: str) -> None:
    """Save what was typed into a field, or keep the sentence that says why it is not taken."""
    project = (load_project(stored.id) or stored).project
    setting = list_settings(project).get(key)
    if setting is None:
        return
    field = name_field(stored, setting)
    refused: dict[str, str] = st.session_state.setdefault(REFUSED, {})
    refused.pop(field, None)
    try:
        value = read_value(project, setting, str(st.session_state[field]))
    except FieldError as problem:
        refused[field] = str(problem)
        return
    if value != setting.value:
        save_edits(stored, [setting.build_edit(value)])


def save_edits(stored: Stored, edits: list[Edit]) -> Stored:
    """Apply edits to the project as it is now, and save it; two that come at once are saved one after the other."""
    with _saving:
        latest = load_project(stored.id) or stored
        project = apply_edits(latest.project, edits)
        if project == latest.project:
            return latest
        try:
            return save_project(stored.id, project, latest.revision, latest.revision + 1)
        except NewerRevision as newer:
            st.toast(str(newer))
            return newer.stored


def name_device(project: Project) -> str:
    """The device that a project would train on now."""
    device = choose_device(project.run.device)
    return "CPU" if device.type == "cpu" else name_gpu(device)


def name_gpu(device: Any) -> str:
    """The name of a GPU as its maker gives it."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" and torch.cuda.is_available() else "GPU"
