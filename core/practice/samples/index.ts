export { type Sample, SampleMaker } from './sampleMaker.ts';
