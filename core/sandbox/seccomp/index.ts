export { seccompFilter } from './filter.ts';
export { type FilterArch, isFilterArch } from './syscalls.ts';
