/** Names of hosted voices as voices of espeak-ng: the language is right, the person only roughly. */

interface Speakers {
  readonly language: string;
  readonly women: readonly string[];
  readonly men: readonly string[];
}

const speakers: readonly Speakers[] = [
  { language: 'en-us', women: ['salli', 'joanna', 'kendra', 'kimberly', 'ivy'], men: ['joey', 'justin', 'matthew'] },
  { language: 'en-gb', women: ['amy', 'emma', 'nicole', 'raveena'], men: ['brian', 'russell', 'geraint'] },
  { language: 'cy', women: ['gwyneth'], men: [] },
  { language: 'fr', women: ['celine', 'lea', 'chantal'], men: ['mathieu'] },
  { language: 'de', women: ['marlene', 'vicki'], men: ['hans'] },
  { language: 'it', women: ['carla'], men: ['giorgio'] },
  { language: 'es', women: ['conchita'], men: ['enrique'] },
  { language: 'es-419', women: ['penelope'], men: ['miguel'] },
  { language: 'pt', women: ['ines'], men: ['cristiano'] },
  { language: 'pt-br', women: ['vitoria'], men: ['ricardo'] },
  { language: 'nl', women: ['lotte'], men: ['ruben'] },
  { language: 'pl', women: ['ewa', 'maja'], men: ['jacek', 'jan'] },
  { language: 'ru', women: ['tatyana'], men: ['maxim'] },
  { language: 'da', women: ['naja'], men: ['mads'] },
  { language: 'is', women: ['dora'], men: ['karl'] },
  { language: 'nb', women: ['liv'], men: [] },
  { language: 'sv', women: ['astrid'], men: [] },
  { language: 'ro', women: ['carmen'], men: [] },
  { language: 'tr', women: ['filiz'], men: [] },
  { language: 'ja', women: ['mizuki'], men: [] },
];

const voices: ReadonlyMap<string, string> = new Map(
  speakers.flatMap(({ language, women, men }) => [
    ...women.map((name): [string, string] => [name, `${language}+f2`]),
    ...men.map((name): [string, string] => [name, `${language}+m3`]),
  ]),
);

/** The voice of espeak-ng for a name; English for one that it does not know. */
export function voiceOf(name: string | undefined): string {
  return voices.get((name ?? '').toLowerCase()) ?? 'en';
}
