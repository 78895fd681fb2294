import { type ReactElement, useEffect, useEffectEvent, useRef } from 'react';

import type { WaveformTimeline } from '../../media/index.ts';
import { classesOf } from '../classes.ts';
import { drawMeter, drawWaveform, type WaveformColours } from './drawWaveform.ts';
import css from './Waveform.module.css';

const c = classesOf(css);
const STILL_INTERVAL_MS = 250;

type WaveformProps = { readonly timeline: WaveformTimeline; readonly working: boolean };

/** One time line: you above, Parley below, work as dots, and right of the marker what is yet to be heard. */
export function Waveform({ timeline, working }: WaveformProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = useEffectEvent((still: boolean) => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return;
    timeline.tick(performance.now(), working);
    const { width, height } = fit(element);
    context.clearRect(0, 0, width, height);
    (still ? drawMeter : drawWaveform)(context, width, height, timeline, coloursOf(element));
  });

  useEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)');
    let frame = 0;
    let lastMs = 0;
    // Animation frames pause by themselves while the page is hidden.
    const loop = (nowMs: number): void => {
      frame = requestAnimationFrame(loop);
      if (still.matches && nowMs - lastMs < STILL_INTERVAL_MS) return;
      lastMs = nowMs;
      draw(still.matches);
    };
    frame = requestAnimationFrame(loop);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, []);

  // The state beside it says in words what this shows.
  return <canvas ref={canvas} className={c('canvas')} aria-hidden="true" />;
}

function fit(canvas: HTMLCanvasElement): { width: number; height: number } {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  const pixelWidth = Math.round(width * scale);
  const pixelHeight = Math.round(height * scale);
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  canvas.getContext('2d')?.setTransform(scale, 0, 0, scale, 0, 0);
  return { width, height };
}

function coloursOf(element: Element): WaveformColours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name);
  return {
    you: read('--you'),
    parley: read('--parley'),
    work: read('--work'),
    line: read('--line'),
    marker: read('--ink-3'),
  };
}
