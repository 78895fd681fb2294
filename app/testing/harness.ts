import '../zodSetup.ts';

import { BRIDGE_KEY } from '../bridge/index.ts';
import { shellBridgeTo } from './engineBridge.ts';
import { farSides, speakInCall } from './callScenes.ts';
import { createScene } from './scenes.ts';

// The page with a fake engine behind it, for looking at it:
// `harness.html?scene=voice|call|nowhere|refused|drop|long|fault|fast|first`.
const engine = createScene(new URLSearchParams(window.location.search).get('scene') ?? 'first');
window[BRIDGE_KEY] = shellBridgeTo(engine);
Object.assign(window, { scene: { engine, farSides, speakInCall } });
void import('../main.tsx');
