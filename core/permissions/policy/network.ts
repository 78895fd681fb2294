import type { NetworkPolicy } from './types.ts';

/** Whether the network is open for some of it only. */
export function isByHost({ mode, domains = {}, unixSockets = {} }: NetworkPolicy): boolean {
  const isForAll = domains['*'] === 'allow' && !Object.values(domains).includes('deny');
  return (
    mode === 'limited' ||
    (Object.keys(domains).length > 0 && !isForAll) ||
    Object.values(unixSockets).includes('deny')
  );
}
