import type { SpeechLanguage } from '../../../audio/recognition/index.ts';

/** What the practice model says of its own accord. */
export type Sentences = {
  readonly abilities: string;
  readonly greeting: (name: string) => string;
  readonly introduction: (name: string) => string;
  readonly unknownText: string;
  readonly unknownSpeech: string;
  readonly silence: string;
  readonly noAgent: string;
  readonly welcome: string;
  readonly time: (time: string) => string;
  readonly date: (date: string) => string;
  readonly sum: (value: string) => string;
  readonly noSum: string;
  readonly zero: string;
  readonly stoppedAt: (limit: number) => string;
  readonly here: string;
  readonly neverMind: string;
  readonly neverMindQuestion: string;
  readonly agentWorksOn: string;
  readonly nothingAsked: string;
  readonly language: string;
  readonly nothingToPlay: string;
  readonly locale: string;
};

/** The same in each language; only the English ones are ever spoken (`VOICE_LANGUAGE`). */
export const SENTENCES: Readonly<Record<SpeechLanguage, Sentences>> = {
  en: {
    abilities:
      'I can tell the time and the date, do simple sums, count, and play your voice back. ' +
      'Say or write "ask the agent to" and a task to hand work to the agent, or "be quiet" to keep me silent.',
    greeting: (name) => `Hello! This is ${name}.`,
    introduction: (name) => `I am ${name}.`,
    unknownText: 'I am only a practice model, so I have no answer to that.',
    unknownSpeech: 'I did not understand that; what you can say is on the screen.',
    silence: 'I heard nothing but silence. Is the microphone on?',
    noAgent: 'I have no agent in this session that I could ask.',
    welcome: 'You are welcome.',
    time: (time) => `It is ${time}.`,
    date: (date) => `Today is ${date}.`,
    sum: (value) => `That is ${value}.`,
    noSum: 'That has no answer: it divides by zero.',
    zero: 'Zero. That was quick.',
    stoppedAt: (limit) => `I stop at ${limit}.`,
    here: 'Here I am again.',
    neverMind: 'All right.',
    neverMindQuestion: 'All right. The question stays open on the screen.',
    agentWorksOn: 'The agent works on; you can stop it on the screen.',
    nothingAsked: 'I asked you nothing.',
    language: 'I understand English now.',
    nothingToPlay: 'I have nothing of yours to play back.',
    locale: 'en-GB',
  },
  fr: {
    abilities:
      "Je peux donner l'heure et la date, calculer, compter et faire réentendre votre voix. " +
      "Dites ou écrivez « demande à l'agent de » et une tâche pour lui confier du travail, ou « silence » pour que je me taise.",
    greeting: (name) => `Bonjour ! Ici ${name}.`,
    introduction: (name) => `Je suis ${name}.`,
    unknownText: "Je ne suis qu'un modèle d'essai et n'ai pas de réponse à cela.",
    unknownSpeech: "Je n'ai pas compris ; ce que vous pouvez dire est à l'écran.",
    silence: "Je n'ai entendu que du silence. Le micro est-il ouvert ?",
    noAgent: "Il n'y a pas d'agent dans cette session.",
    welcome: 'Je vous en prie.',
    time: (time) => `Il est ${time}.`,
    date: (date) => `Nous sommes le ${date}.`,
    sum: (value) => `Cela fait ${value}.`,
    noSum: "Il n'y a pas de résultat : c'est une division par zéro.",
    zero: 'Zéro. Voilà qui est vite fait.',
    stoppedAt: (limit) => `Je m'arrête à ${limit}.`,
    here: 'Me revoici.',
    neverMind: "D'accord.",
    neverMindQuestion: "D'accord. La question reste ouverte à l'écran.",
    agentWorksOn: "L'agent continue ; vous pouvez l'arrêter à l'écran.",
    nothingAsked: "Je n'ai rien demandé.",
    language: 'Je comprends le français maintenant.',
    nothingToPlay: "Je n'ai rien de vous à faire réentendre.",
    locale: 'fr-FR',
  },
};

/** Said aloud when French is asked for, because the voice cannot answer in it. */
export const FRENCH_ALOUD =
  'I understand French now. My voice knows English only, so I speak English and write French.';
