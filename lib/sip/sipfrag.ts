/** What has become of a call that somebody else makes: the status line of the latest response to it. */
export type Fragment = { readonly statusCode: number; readonly reasonPhrase: string };

/** The type of such a body. RFC 3420. */
export const SIPFRAG = 'message/sipfrag';

const statusLine = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+(.*))?$/i;

/** The status line of a fragment, or `undefined` where it begins with none. Total. */
export const parseSipfrag = (body: string): Fragment | undefined => {
  const [first = ''] = body.split(/\r\n|\n|\r/, 1);
  const [, code, phrase = ''] = statusLine.exec(first) ?? [];
  return code === undefined
    ? undefined
    : { statusCode: Number(code), reasonPhrase: phrase.replace(/\p{Cc}/gu, '').trim() };
};

export const formatSipfrag = ({ statusCode, reasonPhrase }: Fragment): string =>
  `SIP/2.0 ${statusCode} ${reasonPhrase.replace(/\p{Cc}/gu, ' ')}\r\n`;
