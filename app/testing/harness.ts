import '../zodSetup.ts';

import { BRIDGE_KEY } from '../bridge/index.ts';
import { createScene } from './scenes.ts';

// The page with a fake engine behind it, for looking at it: `harness.html?scene=voice|drop|long|fault|first`.
window[BRIDGE_KEY] = createScene(
  new URLSearchParams(window.location.search).get('scene') ?? 'first',
);
void import('../main.tsx');
