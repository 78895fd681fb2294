import {
  choice,
  type Grammar,
  numberInWords,
  optional,
  sequence,
  slot,
  type SpeechLanguage,
} from '../../realtime/audio/recognition/index.ts';

const number = slot('number');

/** What the figures are measured with: commands of an assistant, most of them with numbers. */
export const COMMANDS: Readonly<Record<SpeechLanguage, Grammar>> = {
  en: choice(
    'stop',
    'wait',
    'be quiet',
    'help',
    'what can I say',
    'never mind',
    'go on',
    'hello',
    'yes',
    'no',
    'thank you',
    'goodbye',
    'what time is it',
    'what is the date today',
    'tell me a joke',
    'say that again',
    'speak french',
    'ask me a question',
    'cancel',
    'play that back',
    'ask the agent to write a poem about rain',
    'tell the agent to stop',
    sequence('ask the agent to list the primes', choice('up to', 'below'), number),
    sequence('what is', number, choice('plus', 'minus', 'times', 'divided by'), number),
    sequence('count to', number),
    sequence('set a timer for', number, 'minutes', optional('please')),
  ),
  fr: choice(
    'stop',
    'attends',
    'silence',
    'aide',
    'que puis-je dire',
    'laisse tomber',
    'continue',
    'oui',
    'non',
    'bonjour',
    'merci',
    'au revoir',
    'quelle heure est-il',
    'annule',
    'quel jour sommes-nous',
    'raconte une blague',
    'répète',
    'parle anglais',
    'pose-moi une question',
    "demande à l'agent d'écrire un poème",
    sequence("demande à l'agent de lister les nombres premiers jusqu'à", number),
    sequence('combien font', number, choice('plus', 'moins', 'fois'), number),
    sequence("compte jusqu'à", number),
  ),
};

const SAID: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: [
    'stop',
    'wait',
    'be quiet',
    'help',
    'what can I say',
    'never mind',
    'go on',
    'hello',
    'thank you',
    'what time is it',
    'tell me a joke',
    'say that again',
    'speak french',
    'ask me a question',
    'play that back',
    'ask the agent to write a poem about rain',
  ],
  fr: [
    'stop',
    'attends',
    'silence',
    'aide',
    'que puis-je dire',
    'laisse tomber',
    'continue',
    'bonjour',
    'merci',
    'quelle heure est-il',
    'raconte une blague',
    'parle anglais',
    'pose-moi une question',
    "demande à l'agent d'écrire un poème",
  ],
};
const WITH_NUMBERS: Readonly<Record<SpeechLanguage, readonly ((words: string) => string)[]>> = {
  en: [
    (words) => `ask the agent to list the primes up to ${words}`,
    (words) => `what is ${words} plus nine`,
    (words) => `count to ${words}`,
    (words) => `set a timer for ${words} minutes`,
  ],
  fr: [
    (words) => `demande à l'agent de lister les nombres premiers jusqu'à ${words}`,
    (words) => `combien font ${words} plus neuf`,
    (words) => `compte jusqu'à ${words}`,
  ],
};
/** Numbers of each shape: small ones, teens beside tens, tens with units, hundreds. */
const NUMBERS = [3, 7, 12, 15, 20, 24, 31, 45, 50, 63, 72, 88, 100, 250];

/** Phrases of the grammar to be said: those without numbers, and each of the others with each number. */
export function phrasesOf(language: SpeechLanguage): string[] {
  const counted = NUMBERS.flatMap((value) =>
    WITH_NUMBERS[language].map((phrase) => phrase(numberInWords(value, language))),
  );
  return [...SAID[language], ...counted];
}

/** What people say that is none of the commands. */
export const OTHERS: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: [
    'the quick brown fox jumps over the lazy dog',
    'I would like to order a large pizza with extra cheese',
    'the train to London leaves from platform nine',
    'my grandmother lives in a small house by the river',
    'please send the report to my manager before friday',
    'it is going to snow in the mountains next week',
    'turn off the lights in the kitchen',
    'where did you put my car keys',
    'the meeting was moved to the second floor',
    'who won the game last night',
    'banana',
    'computer',
    'mm hmm',
    'perhaps later',
    'nice to meet you',
    'read me the news',
  ],
  fr: [
    'le petit chat dort sur le canapé',
    'je voudrais une grande pizza au fromage',
    'le train pour Paris part du quai neuf',
    'ma grand-mère habite une petite maison',
    'ouvre la fenêtre il fait trop chaud',
    'la capitale de la France est Paris',
    'qui a gagné le match hier soir',
    'je vais au supermarché',
    'banane',
    'ordinateur',
    'éteins la lumière',
    'lis-moi les nouvelles',
  ],
};
