/** Whether the graph is seen from so far away that nothing on a node can be read or grasped. */

import { useStore } from "@xyflow/react";
import { createContext, useContext } from "react";

/** Below this zoom a port has two pixels, and letters less. */
const FAR = 0.2;

export const FarContext = createContext(false);

export const useFar = (): boolean => useContext(FarContext);

/** Read once for all nodes: asked by each, it would cost every one of them at every frame. */
export const useIsFar = (): boolean => useStore((state) => state.transform[2] < FAR);
