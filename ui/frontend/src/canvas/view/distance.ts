/** From how far away the graph is seen: what can be read on a node, or grasped. */

import { useStore } from "@xyflow/react";
import { createContext, useContext } from "react";

/** Below this zoom a port has two pixels, and letters less. */
const FAR = 0.2;
/** Below this zoom only names are written, larger the farther away, so that they can be read: for the steps below it. */
const AWAY = 0.4;
const STEPS = [0.34, 0.29, 0.25, FAR];

export const FarContext = createContext(false);

export const useFar = (): boolean => useContext(FarContext);

/** Read once for all nodes: asked by each, it would cost every one of them at every frame. */
export const useIsFar = (): boolean => useStore((state) => state.transform[2] < FAR);

/** The zoom that names are written for; undefined where everything on a node can be read. In steps: it seldom changes. */
export const useNameScale = (): number | undefined => useStore((state) => nameScale(state.transform[2]));

const nameScale = (zoom: number) => (zoom < AWAY ? STEPS.find((step) => step <= zoom) : undefined);
