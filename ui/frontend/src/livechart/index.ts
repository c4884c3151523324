/** The live view of a run, as a Streamlit component: mounted once, fed by its own polling. */

import { Curves } from "./curves";
import { Doctor } from "./doctor";
import { h } from "./dom";
import { Explainer } from "./explain";
import explainStyle from "./explain.css?inline";
import { Feed } from "./feed";
import { hasEnded, Header } from "./header";
import { Latents } from "./latent";
import latentStyle from "./latent.css?inline";
import languages from "./languages.css?inline";
import { loadPlotly } from "./plots";
import { Mistakes } from "./mistakes";
import { SampleMap } from "./sample_map";
import { Matrices, Samples } from "./samples";
import { SeriesStore } from "./series";
import seriesStyle from "./series.css?inline";
import style from "./style.css?inline";
import texts from "./texts.css?inline";
import { watchTheme } from "./theme";
import type { Question } from "./controls";
import { TryIt } from "./tryit";
import type { News, View } from "./types";

interface Mounted {
  data: View;
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

class LiveView {
  readonly root = h("div", { class: "ll-live" });
  private readonly store = new SeriesStore();
  private readonly feed: Feed;
  private readonly header: Header;
  private readonly curves: Curves;
  private readonly samples: Samples;
  private readonly matrices: Matrices;
  private readonly tryIt: TryIt;
  private readonly explainer: Explainer;
  private readonly mistakes: Mistakes;
  private readonly sampleMap: SampleMap;
  private readonly latents: Latents;
  private readonly doctor: Doctor;
  private readonly forget: () => void;
  private wasOver: boolean;
  private mended = 0;

  constructor(
    readonly view: View,
    parent: HTMLElement,
    private readonly onChange: (change: "ended" | "resumed" | "mended", status: string) => void,
  ) {
    this.wasOver = view.over;
    this.feed = new Feed(view.run, (news) => this.take(news), (sentence, isSilent) => this.header.complain(sentence, isSilent));
    this.header = new Header(this.feed, view.device);
    this.curves = new Curves(view, this.store);
    this.explainer = new Explainer(view.run, () => this.tryIt.checkpoint);
    this.samples = new Samples(view, this.explainer);
    this.matrices = new Matrices(view);
    this.mistakes = new Mistakes(view.run, () => this.tryIt.checkpoint, this.explainer);
    this.sampleMap = new SampleMap(view.run, view.plotly, () => this.tryIt.checkpoint);
    this.tryIt = new TryIt(view.run, view.kept !== null, this.explainer, (question) => this.know(question));
    this.latents = new Latents(view);
    this.doctor = new Doctor(view.run, () => this.onChange("mended", String(++this.mended)));
    const right = h("div", { class: "ll-right" }, this.doctor.element, this.samples.element, this.tryIt.element, this.mistakes.element);
    this.curves.grid.append(this.matrices.element, this.sampleMap.element);
    const left = h("div", { class: "ll-left" }, this.curves.element, this.latents.element);
    this.root.append(h("style", {}, style, seriesStyle, texts, languages, latentStyle, explainStyle), this.header.element, h("div", { class: "ll-columns" }, left, right), this.explainer.element);
    parent.append(this.root);
    this.forget = watchTheme(this.root, () => this.redraw());
    this.feed.start();
  }

  close(): void {
    this.feed.stop();
    this.forget();
    this.curves.close();
    this.samples.close();
    this.matrices.close();
    this.sampleMap.close();
    this.latents.close();
    this.root.remove();
  }

  /** What the network is asked for says what can be explained, and whether it can be wrong. */
  private know(question: Question): void {
    this.explainer.know(question);
    this.samples.redraw();
    if (question.chooses || question.meaning === "mask") this.mistakes.offer();
    if (question.chooses) this.sampleMap.offer();
  }

  private take(news: News): void {
    for (const piece of news.series) this.store.add(piece);
    this.header.update(news);
    this.samples.add(news.samples);
    this.matrices.update(news.tables);
    this.doctor.update(news.diagnoses);
    this.curves.update();
    this.tryIt.update(news.checkpoints, hasEnded(news.status));
    this.latents.update(news.checkpoints);
    this.noticeChange(news.status);
  }

  /** Tell the page once when a run has ended since it was written, or goes on, so that it offers what can be done then. */
  private noticeChange(status: string): void {
    const isOver = hasEnded(status);
    if (isOver !== this.wasOver) this.onChange(isOver ? "ended" : "resumed", status);
    this.wasOver = isOver;
  }

  private redraw(): void {
    this.curves.redraw();
    this.samples.redraw();
    this.matrices.redraw();
    this.sampleMap.redraw();
    this.latents.redraw();
  }
}

const views = new WeakMap<HTMLElement, LiveView>();

/** Streamlit calls this at every rerun of the page; the view stays while the run is the same. */
export default function mount(component: Mounted): () => void {
  const { data, parentElement } = component;
  if (!data.run) {
    void loadPlotly(data.plotly);
    return () => undefined;
  }
  const current = views.get(parentElement);
  if (current?.view.run !== data.run) {
    current?.close();
    views.set(parentElement, new LiveView(data, parentElement, (change, status) => component.setTriggerValue(change, status)));
  }
  return () => {
    views.get(parentElement)?.close();
    views.delete(parentElement);
  };
}
