/** The audio elements of a page that calls are played by, made when one is needed. */
export type Elements = {
  /** Audio elements of the document; none without a DOM, as in Node. */
  readonly option: { readonly audioElement?: () => HTMLAudioElement };
  /** The latest audio element. */
  readonly latest: () => HTMLAudioElement | undefined;
};

export function createElements(): Elements {
  let latest: HTMLAudioElement | undefined;
  const make = (): HTMLAudioElement => {
    latest = document.createElement('audio');
    return latest;
  };
  return { option: typeof document === 'undefined' ? {} : { audioElement: make }, latest: () => latest };
}
