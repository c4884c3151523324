/**
 * What the canvas and Python tell each other, as a small machine of its own.
 *
 * The canvas owns the document. At most one change is under way; further edits wait and go up together when the answer is
 * there, or when it has been lost. An answer to an older revision is dropped.
 */

import type { Analysis, AnalysisNews } from "./types";

/** What Python answers, to a question for the project or to a change. */
export interface Answer {
  readonly revision: number;
  readonly document?: Record<string, unknown> | null;
  readonly analysis?: Analysis | null;
  /** What is new since the analysis of another revision. */
  readonly news?: AnalysisNews | null;
  readonly since?: number;
  /** Another tab has saved a newer revision than the one that our change was made from. */
  readonly conflict?: { readonly revision: number } | null;
  /** A sentence about why the change was not taken. */
  readonly refusal?: string | null;
  /** Python does not have what our patch is made from. */
  readonly lacks?: "document";
}

export interface SyncState {
  /** What Python has for certain. */
  readonly acknowledged: number;
  /** What the canvas shows. */
  readonly revision: number;
  /** What is under way, if anything. */
  readonly sent: number | null;
  /** What the analysis that is shown belongs to. */
  readonly analysed: number;
  readonly conflict: number | null;
  /** What Python has refused: it is not sent again as it is. */
  readonly refused: number | null;
  /** How often in a row no answer came. */
  readonly failures: number;
}

export const START: SyncState = {
  acknowledged: -1,
  revision: -1,
  sent: null,
  analysed: -1,
  conflict: null,
  refused: null,
  failures: 0,
};

export const isSaved = (state: SyncState) => state.revision === state.acknowledged && state.conflict === null;
export const countEdit = (state: SyncState): SyncState => ({ ...state, revision: state.revision + 1 });

/** What to send now: null while an answer is awaited, while nothing changed, or while two tabs disagree. */
export function nextChange(state: SyncState): SyncState | null {
  if (state.sent !== null || state.revision <= state.acknowledged || state.conflict !== null) return null;
  return state.refused === state.revision ? null : { ...state, sent: state.revision };
}

/** The answer did not come: what was under way goes up again, later and later. */
export const countFailure = (state: SyncState): SyncState => ({ ...state, sent: null, failures: state.failures + 1 });

/** How long to wait before what was lost is sent again, in milliseconds. */
export const patienceAfter = (failures: number): number => Math.min(8000, 500 * 2 ** Math.max(0, failures - 1));

export interface Received {
  readonly state: SyncState;
  /** Take the document that came down. */
  readonly adopt: boolean;
  /** Take the analysis that came down. */
  readonly analysis: boolean;
}

export function receive(state: SyncState, answer: Answer): Received {
  const heard = { ...state, failures: 0 };
  if (answer.conflict)
    return { state: { ...heard, sent: null, conflict: answer.conflict.revision }, adopt: false, analysis: false };
  if (answer.refusal) return { state: { ...heard, refused: state.sent, sent: null }, adopt: false, analysis: false };
  if (answer.document && answer.revision > state.revision) return adoptDown(heard, answer);
  if (answer.revision < state.acknowledged) return { state: heard, adopt: false, analysis: false };
  const isAnswer = state.sent !== null && answer.revision >= state.sent;
  const acknowledged = Math.max(state.acknowledged, Math.min(answer.revision, state.revision));
  const isKnown = Boolean(answer.analysis) || (Boolean(answer.news) && answer.since === state.analysed);
  const isFresh = isKnown && answer.revision >= state.analysed;
  return {
    state: {
      ...heard,
      acknowledged,
      sent: isAnswer ? null : state.sent,
      analysed: isFresh ? answer.revision : state.analysed,
    },
    adopt: false,
    analysis: isFresh,
  };
}

function adoptDown(state: SyncState, answer: Answer): Received {
  const { revision } = answer;
  const analysed = answer.analysis ? revision : -1;
  return {
    state: { ...state, acknowledged: revision, revision, sent: null, conflict: null, refused: null, analysed },
    adopt: true,
    analysis: Boolean(answer.analysis),
  };
}

/** Keep this tab's version: the next change overwrites what the other tab has saved. */
export function keepMine(state: SyncState): SyncState {
  const revision = Math.max(state.revision, (state.conflict ?? 0) + 1);
  return { ...state, acknowledged: state.conflict ?? state.acknowledged, revision, sent: null, conflict: null };
}
