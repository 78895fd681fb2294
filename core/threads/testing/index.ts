export { calling, type ScriptedAnswer, saying, silent } from './scriptedAnswers.ts';
export { shorteningTask } from './shorteningTask.ts';
export { startThread, type ThreadBenchOptions } from './threadBench.ts';
