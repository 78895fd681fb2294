/** The languages the spotter knows its words in. */
export type SpotterLanguage = 'en' | 'fr';

/** What is said over Parley's voice: fall silent, or do not mind me and speak on. */
export type StopWord = 'stop' | 'goOn';

type Vocabulary = {
  /** The acoustic model. */
  readonly model: string;
  readonly phones: readonly string[];
  /** Every word and its sounds; a further way of saying a word has a number behind it. */
  readonly pronunciations: readonly (readonly [word: string, phones: string])[];
  /** What may be said, by what it means; a phrase is words with blanks between. */
  readonly phrases: Readonly<Record<StopWord, readonly string[]>>;
  /**
   * How far a word, and the silence before it, may be from the best sound in each frame, in the decoder's units.
   * Said in a quiet room it is at 25 to 40; parts of other phrases that the rivals let pass are mostly beyond.
   */
  readonly nearDistance: number;
};

// The sounds are those of CMUdict and of the French model's own dictionary.
export const VOCABULARIES: Readonly<Record<SpotterLanguage, Vocabulary>> = {
  en: {
    model: 'en-us',
    phones:
      'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split(
        ' ',
      ),
    pronunciations: [
      ['stop', 'S T AA P'],
      ['wait', 'W EY T'],
      ['quiet', 'K W AY AH T'],
      ['go', 'G OW'],
      ['on', 'AA N'],
      ['on(2)', 'AO N'],
    ],
    phrases: {
      stop: ['stop', 'stop stop', 'wait', 'quiet'],
      goOn: ['go on'],
    },
    nearDistance: 46,
  },
  fr: {
    model: 'fr-fr',
    phones:
      'aa ai an au bb ch dd ee ei eu ff gg gn ii in jj kk ll mm nn oe on oo ou pp rr ss tt un uu uy vv ww yy zz'.split(
        ' ',
      ),
    pronunciations: [
      ['stop', 'ss tt au pp'],
      ['stop(2)', 'ss tt oo pp'],
      ['arrête', 'aa rr ai tt'],
      ['arrête(2)', 'aa rr ai tt ee'],
      ['arrêtez', 'aa rr ai tt ei'],
      ['attends', 'aa tt an'],
      ['attendez', 'aa tt an dd ei'],
      ['silence', 'ss ii ll an ss'],
      ['silence(2)', 'ss ii ll an ss ee'],
      ['continue', 'kk on tt ii nn uu'],
      ['continuez', 'kk on tt ii nn uu ei'],
    ],
    phrases: {
      stop: ['stop', 'stop stop', 'arrête', 'arrêtez', 'attends', 'attendez', 'silence'],
      goOn: ['continue', 'continuez'],
    },
    // The French words are made of sounds that more of French is made of.
    nearDistance: 40,
  },
};

/** The language whose words are listened for: French for a French browser, English for all others. */
export function spotterLanguage(browserLanguage: string): SpotterLanguage {
  return /^fr\b/iu.test(browserLanguage) ? 'fr' : 'en';
}
