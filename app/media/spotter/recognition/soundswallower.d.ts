// The package's own types ask for those of Emscripten; this is the part ours use.
declare module 'soundswallower' {
  export type DecoderConfig = Readonly<Record<string, string | number | boolean>>;

  /** A word, or silence: `t` is its text, `d` its duration in seconds, `p` its likelihood beside the best. */
  export type DecodedSegment = { readonly t: string; readonly d: number; readonly p: number };

  export type NativeDecoder = {
    initialize(): Promise<void>;
    set_grammar(jsgf: string): void;
    start(): void;
    stop(): void;
    /** With `isWhole`, levels are those of the whole sound. */
    process_audio(samples: Float32Array, noSearch: boolean, isWhole: boolean): number;
    get_alignment(): { readonly w: readonly DecodedSegment[] };
    add_words(...entries: readonly (readonly [string, string])[]): void;
  };

  type SoundSwallower = { readonly Decoder: new (config: DecoderConfig) => NativeDecoder };

  export default function load(options: {
    readonly modelBase: string;
    readonly defaultModel: string;
    readonly print: () => void;
    readonly printErr: () => void;
  }): Promise<SoundSwallower>;
}
