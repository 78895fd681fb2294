import { errorText } from '../../../core/base/index.ts';
import { EXIT, type TalkDeps, type TalkOptions, TalkUsageError } from './options.ts';
import { createReport, LevelLine } from './output/index.ts';
import { TalkSession } from './session/index.ts';
import { AnswerFile, prepareInput } from './sound/index.ts';

/**
 * One headless voice exchange: speaks a WAV file into a new thread's voice session in real time,
 * tells on stdout what both sides said, and keeps the answer's sound. Never rejects; returns the exit
 * code: 0 only when there was an answer and every task succeeded, 1 when the session failed, 2 for a
 * bad file or option (found before the engine is asked for anything), 130 when interrupted.
 */
export async function runTalk(options: TalkOptions, deps: TalkDeps): Promise<number> {
  const progress = new LevelLine(deps.io, deps.clock);
  const write = createReport(options.json, deps.io);
  const answer = new AnswerFile(options.outputPath, deps.files);
  const outcome = await converse(options, deps, answer, progress, (event) => {
    progress.clear();
    write(event);
  });
  const file = await answer.close().then(
    (output) => ({ output, error: undefined }),
    (error: unknown) => ({ output: undefined, error: errorText(error) }),
  );
  const result =
    file.error === undefined || outcome.exitCode !== EXIT.success
      ? outcome
      : { exitCode: EXIT.sessionFailed, error: `The answer could not be written: ${file.error}.` };
  progress.clear();
  write({
    type: 'done',
    exitCode: result.exitCode,
    audioMs: answer.durationMs,
    output: file.output ?? null,
    error: result.error,
  });
  return result.exitCode;
}

type Outcome = { readonly exitCode: number; readonly error: string | null };

async function converse(
  options: TalkOptions,
  deps: TalkDeps,
  answer: AnswerFile,
  progress: LevelLine,
  report: ReturnType<typeof createReport>,
): Promise<Outcome> {
  try {
    const samples = await prepareInput(options, deps.files);
    const session = new TalkSession({ options, samples, deps, report, progress, answer });
    if ((await session.run()) === 'interrupted') return { exitCode: EXIT.interrupted, error: null };
    const error = session.taskProblem ?? null;
    return { exitCode: error === null ? EXIT.success : EXIT.sessionFailed, error };
  } catch (error) {
    const usage = error instanceof TalkUsageError;
    return { exitCode: usage ? EXIT.badUsage : EXIT.sessionFailed, error: errorText(error) };
  }
}
