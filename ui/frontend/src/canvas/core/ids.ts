/** Names of nodes and networks: Python identifiers, since they become attributes and variables. The twin of `builder/ids.py`. */

const WORDS = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import
   in is lambda nonlocal not or pass raise return try while with yield _ case match type
   T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
   extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
   named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
   register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
   register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
   register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
   state_dict to to_empty train training xpu zero_grad
   F math nn self super torch`.split(/\s+/),
);

const LONGEST = 80;

/** Say why a name cannot be an id; undefined where it can. */
export function findFault(id: string): string | undefined {
  if (!id) return "A name needs at least one letter.";
  if (id.length > LONGEST) return `A name has at most ${LONGEST} characters.`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id)) {
    return "A name is made of letters a to z, digits and underscores, and does not start with a digit.";
  }
  if (id.startsWith("_")) return "Names that start with an underscore belong to Python and PyTorch.";
  if (WORDS.has(id)) return `"${id}" already means something in Python or PyTorch.`;
  return undefined;
}

/** The legal id closest to the wish that is not taken: `Conv2d` gives `conv2d`, then `conv2d_2`. */
export function suggestId(wish: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  let stem =
    wish
      .trim()
      .replace(/[^A-Za-z0-9_]+/g, "_")
      .replace(/^_+|_+$/g, "") || "node";
  if (/^[A-Z]/.test(stem)) stem = stem.toLowerCase();
  if (/^[0-9]/.test(stem)) stem = `n${stem}`;
  stem = stem.slice(0, LONGEST - 6);
  if (findFault(stem)) stem = `${stem}_1`;
  let name = stem;
  for (let number = 2; used.has(name); number += 1) name = `${stem}_${number}`;
  return name;
}

/** Copies count on from the name that they have: `conv1` gives `conv2`. */
export function nextId(id: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  const [, stem = id, digits = ""] = /^(.*?)(\d*)$/.exec(id) ?? [];
  if (!digits) return suggestId(id, used);
  let number = Number(digits) + 1;
  while (used.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}
