import { type ScriptedEngine, sampleTurn } from '../../core/protocol/testing/index.ts';

const threadId = 'thread-1';
const turnId = 'asking-1';

const question = {
  id: 'colour',
  header: 'Colour',
  question: 'Which colour do you like?',
  isOther: true,
  isSecret: false,
  options: [
    { label: 'Teal', description: 'Blue with some green in it' },
    { label: 'Coral', description: 'Red with some orange in it' },
    { label: 'Grey', description: '' },
  ],
};

const long = {
  ...question,
  id: 'long',
  header: 'A header that is much longer than the word or two it should be',
  question: `${'The migration touches four tables and cannot be undone once the first batch has run. '.repeat(3)}How should it go on, and what about src/${'averylongfoldername/'.repeat(6)}index.ts?`,
  options: [
    { label: 'Stop here', description: 'Nothing is changed. '.repeat(8) },
    { label: `Goonwithall${'themoretables'.repeat(6)}`, description: 'One word without a space.' },
    { label: 'אפשר גם בעברית', description: 'מימין לשמאל' },
    { label: 'Ask again tomorrow', description: '' },
  ],
};

const secret = {
  ...question,
  id: 'secret',
  header: 'Key',
  question: 'Which password should be used?',
  isSecret: true,
  options: null,
};

/** Questions to look at: one that is answered, one that voice has answered in part, a long one. */
export function playQuestions(engine: ScriptedEngine): void {
  const ask = (id: number, questions: (typeof question | typeof secret)[]): void => {
    engine.ask(id, 'item/tool/requestUserInput', {
      threadId,
      turnId,
      itemId: `call-${id}`,
      questions,
      isBlocking: true,
      autoResolutionMs: null,
    });
  };
  const answers = { colour: { answers: ['Coral'] } };
  engine.notify('turn/started', { threadId, turn: sampleTurn({ id: turnId }) });
  ask(0, [question, secret]);
  engine.notify('serverRequest/resolved', {
    threadId,
    requestId: 0,
    answeredBy: 'client',
    answers,
  });
  ask(1, [question, long, secret]);
  engine.notify('serverRequest/partlyAnswered', { threadId, requestId: 1, answers });
  ask(2, [question]);
}
