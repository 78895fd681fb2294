import type { Done, Move, Plan, Skill } from './plan.ts';

export const COMMAND_TOOL = 'exec_command';
export const PATCH_TOOL = 'apply_patch';

const MAX_NAMES = 30;
const MAX_LINES = 20;

const command = (script: string, isLogin = false): Move => ({ type: 'command', script, isLogin });
const patch = (...lines: readonly string[]): Move => ({
  type: 'patch',
  patch: ['*** Begin Patch', ...lines, '*** End Patch', ''].join('\n'),
});
const report = (text: string): Move => ({ type: 'report', text });
const work = (task: string, next: Extract<Plan, { readonly type: 'work' }>['next']): Plan => ({
  type: 'work',
  task,
  next,
});

/** What can be asked of the agent that it needs its tools for. */
export const workSkills: readonly Skill[] = [
  {
    forms: {
      en: {
        pattern:
          /^(?:please )?(?:make|create|write) (?:a |the )?file (?:called|named) (?<name>[\w.-]+)(?: (?:with|that says|saying) (?<text>.+))?$/isu,
        phrases: [
          '(make | create) a file called (notes | todo) with (hello | good morning | one two three)',
        ],
      },
      fr: {
        pattern:
          /^(?:crée|créer|fais|faire) un fichier (?:appelé|nommé) (?<name>[\w.-]+)(?: avec (?<text>.+))?$/isu,
        phrases: [
          'créer un fichier appelé (notes | courses) avec (bonjour | merci | un deux trois)',
        ],
      },
    },
    plan: ({ groups }) => makeFile(groups?.['name'] ?? 'notes', groups?.['text'] ?? ''),
  },
  {
    forms: {
      en: {
        pattern:
          /\bwhat(?:'s| is) in (?:this|the) (?:folder|directory)\b|\blist (?:the|my) files\b/iu,
        phrases: ['(say | tell me) what is in this folder', 'list the files'],
        example: 'say what is in this folder',
      },
      fr: {
        pattern: /\bce qu['’]il y a dans (?:ce|le) dossier\b|\blister? (?:les|mes) fichiers\b/iu,
        phrases: ["dire ce qu'il y a dans ce dossier", 'lister les fichiers'],
        example: "dire ce qu'il y a dans ce dossier",
      },
    },
    plan: () => listFolder(),
  },
  {
    forms: {
      en: {
        pattern: /\b(?:fix|mend|repair) (?:the|this|my) (?:failing|broken) tests?\b/iu,
        phrases: ['(fix | repair) the (failing | broken) test'],
      },
      fr: {
        pattern: /\b(?:répare|réparer|corrige|corriger) le test (?:qui échoue|cassé)/iu,
        phrases: ['(réparer | corriger) le test (qui échoue | cassé)'],
      },
    },
    plan: () => fixTest(),
  },
  {
    forms: {
      en: { pattern: /\brun (?:the|my|all) tests\b/iu, phrases: ['run (the | my | all) tests'] },
      fr: {
        pattern: /\b(?:lance|lancer|exécuter?) les tests\b/iu,
        phrases: ['(lancer | exécuter) les tests'],
      },
    },
    plan: () =>
      work('Run the tests', ([tests]) =>
        tests === undefined ? command(TESTS, true) : report(testReport(tests)),
      ),
  },
  {
    forms: {
      en: {
        pattern: /^(?:please )?(?:undo|take back) (?:that|it|the change|the last change)\b/iu,
        phrases: ['undo (that | the last change)'],
      },
      fr: {
        pattern: /^(?:annule|annuler|défaire) (?:ça|cela|le changement)/iu,
        phrases: ['annuler (ça | le changement)'],
      },
    },
    plan: () => undo(),
  },
];

function makeFile(name: string, text: string): Plan {
  return work(`Make the file ${name}`, ([look, made]) => {
    if (look === undefined) return command(`test -e ${name} && echo there || echo free`);
    if (printedBy(look).startsWith('there')) {
      return report(`There is something called **${name}** here already, so I left it alone.`);
    }
    if (exitCodeOf(look) === undefined) return report(refused(look));
    if (made === undefined) {
      const lines = text === '' ? [] : text.split('\n').map((line) => `+${line}`);
      return patch(`*** Add File: ${name}`, ...lines);
    }
    return isPatched(made) ? report(`I made the file **${name}**.`) : report(refused(made));
  });
}

function listFolder(): Plan {
  return work('Look into the folder', ([list]) => {
    if (list === undefined) return command('ls -1');
    if (exitCodeOf(list) !== 0) return report(refused(list));
    const names = printedBy(list)
      .split('\n')
      .filter((name) => name !== '');
    if (names.length === 0) return report('There is nothing in this folder.');
    const shown = names.slice(0, MAX_NAMES).map((name) => `- \`${name}\``);
    const more = names.length > MAX_NAMES ? [`- and ${names.length - MAX_NAMES} more`] : [];
    const count = names.length === 1 ? 'One thing is' : `${names.length} things are`;
    return report([`${count} in this folder:`, '', ...shown, ...more].join('\n'));
  });
}

const TESTS = 'npm test --silent 2>&1';
/** The mistake of the repository that `parley practice-repo` makes. */
export const PRACTICE_MISTAKE = {
  file: 'src/basket.mjs',
  wrong: '  return items.reduce((sum, { price }) => sum + price, 0);',
  right: '  return items.reduce((sum, { price, count }) => sum + price * count, 0);',
} as const;

function fixTest(): Plan {
  const { file, wrong, right } = PRACTICE_MISTAKE;
  return work('Fix the failing test', ([tests, source, fix, again]) => {
    if (tests === undefined) return command(TESTS, true);
    if (exitCodeOf(tests) === undefined) return report(refused(tests));
    if (exitCodeOf(tests) === 0) return report('All tests pass here; there is nothing to fix.');
    if (source === undefined) return command(`cat ${file}`);
    if (!printedBy(source).includes(wrong)) {
      return report(
        'The tests fail, and I do not see why: I know only the mistake of the repository that ' +
          `\`parley practice-repo\` makes.\n\n${quoted(printedBy(tests))}`,
      );
    }
    if (fix === undefined) return patch(`*** Update File: ${file}`, '@@', `-${wrong}`, `+${right}`);
    if (!isPatched(fix)) return report(refused(fix));
    if (again === undefined) return command(TESTS, true);
    return exitCodeOf(again) === 0
      ? report(
          `Done: the total in \`${file}\` left out how many there are of each thing. All tests pass now.`,
        )
      : report(`I changed \`${file}\`, and the tests still fail.\n\n${quoted(printedBy(again))}`);
  });
}

function undo(): Plan {
  return work('Undo the last change', ([undone], earlier) => {
    const last = earlier.findLast((done) => done.tool === PATCH_TOOL && isPatched(done));
    const back = last === undefined ? undefined : reverse(last.input);
    if (back === undefined) return report('I have changed no file that I could change back.');
    if (undone === undefined) return { type: 'patch', patch: back };
    return report(isPatched(undone) ? 'I took the last change back.' : refused(undone));
  });
}

/** The patch that takes another one back; undefined where its words do not tell what there was. */
function reverse(text: string): string | undefined {
  if (/^\*\*\* (?:Delete File|Move to): /mu.test(text)) return undefined;
  const added = /^\*\*\* Add File: (.+)$/mu.exec(text)?.[1];
  if (added !== undefined)
    return ['*** Begin Patch', `*** Delete File: ${added}`, '*** End Patch', ''].join('\n');
  const swapped = text
    .split('\n')
    .map((line) => line.replace(/^[-+]/u, (sign) => (sign === '-' ? '+' : '-')));
  return swapped.join('\n');
}

const isPatched = ({ output }: Done): boolean => /^Exit code: 0|Success/mu.test(output);

function exitCodeOf({ output }: Done): number | undefined {
  const code = /exited with code (\d+)/u.exec(output)?.[1];
  return code === undefined ? undefined : Number(code);
}

function printedBy({ output }: Done): string {
  return /^Output:\n([\s\S]*)$/mu.exec(output)?.[1]?.trim() ?? '';
}

function testReport(tests: Done): string {
  const code = exitCodeOf(tests);
  if (code === undefined) return refused(tests);
  if (code === 0) return 'All tests pass.';
  return `The tests fail.\n\n${quoted(printedBy(tests))}`;
}

/** What the tool said, because something else than the work was the matter. */
const refused = ({ output }: Done): string => `I could not do that.\n\n${quoted(output)}`;

function quoted(text: string): string {
  const lines = text.trim().split('\n');
  const shown = lines.length > MAX_LINES ? ['…', ...lines.slice(-MAX_LINES)] : lines;
  return ['```', ...shown.map((line) => line.replaceAll('```', "'''")), '```'].join('\n');
}
