export { Composer } from './Composer.tsx';
export { useDraft } from './useDraft.ts';
