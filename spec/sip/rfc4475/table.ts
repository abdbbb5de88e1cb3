/**
 * The torture messages of RFC 4475, each in a file of its name with the octets of the RFC, and what becomes of them here.
 *
 * `ours` is the status of the only answer, `rings` (100, and the core is told of a call), or `dropped` (no answer, and a
 * fault). `of` says whom the message is for: a user agent has nothing to say to a REGISTER but 405, and what a proxy
 * would have to look at, it may leave alone. `why` stands where the RFC would have it otherwise or leaves it open.
 */
export type Row = {
  readonly name: string;
  readonly section: string;
  readonly of: 'user agent' | 'registrar' | 'proxy';
  /** What the RFC expects. */
  readonly theirs: string;
  readonly ours: number | 'rings' | 'dropped';
  readonly why?: string;
};

type Cells = readonly [name: string, of: Row['of'], theirs: string, ours: Row['ours'], why?: string];

const rows = (section: string, all: readonly Cells[]): readonly Row[] =>
  all.map(([name, of, theirs, ours, why], index) => ({
    name,
    section: `${section}.${index + 1}`,
    of,
    theirs,
    ours,
    ...(why === undefined ? {} : { why }),
  }));

const legal = 'well-formed';
const noRegistrar = 'a user agent keeps no bindings';
const noSuchMethod = '501';
/** It is taken as the RFC has it, and then its offer of plain RTP is none that a browser can answer. */
const plainRtp = 488;
const noPlainRtp = 'no browser answers an offer of plain RTP (RFC 8827 §6.5)';

const valid = rows('3.1.1', [
  ['wsinv', 'user agent', legal, 481, 'its To has a tag, and there is no such dialog (RFC 3261 §12.2.2)'],
  ['intmeth', 'user agent', noSuchMethod, 400, 'control characters end a line for some reader, quoted or not'],
  ['esc01', 'user agent', legal, 404, 'nobody has a name with a colon: it would end where a password begins'],
  ['escnull', 'registrar', legal, 405, noRegistrar],
  ['esc02', 'user agent', noSuchMethod, 405, 'RFC 3261 §8.2.1 asks for 405, with the methods that work'],
  ['lwsdisp', 'user agent', legal, 200],
  ['longreq', 'user agent', legal, plainRtp, noPlainRtp],
  ['dblreq', 'registrar', 'the first is read, the rest ignored', 405, noRegistrar],
  ['semiuri', 'user agent', legal, 200],
  ['transports', 'user agent', legal, 200],
  ['mpart01', 'user agent', 'well-formed; 415 where no multipart is read', 415],
  ['unreason', 'user agent', legal, 'dropped', 'the Via is not ours (RFC 3261 §18.1.2)'],
  ['noreason', 'user agent', legal, 'dropped', 'the Via is not ours (RFC 3261 §18.1.2)'],
]);

const invalid = rows('3.1.2', [
  ['badinv01', 'user agent', '400', 400],
  ['clerr', 'user agent', '400', 400],
  ['ncl', 'user agent', '400', 400],
  ['scalar02', 'registrar', '400', 400],
  ['scalarlg', 'user agent', 'dropped', 'dropped'],
  ['quotbal', 'user agent', '400', 400],
  ['ltgtruri', 'user agent', '400', 400],
  ['lwsruri', 'user agent', '400', 400],
  ['lwsstart', 'user agent', '400, or the spaces do no harm', plainRtp, noPlainRtp],
  ['trws', 'user agent', '400, or the spaces do no harm', 200, 'there is one way to read it'],
  ['escruri', 'user agent', '400, or the headers are ignored', plainRtp, noPlainRtp],
  ['baddate', 'user agent', '400, or the date is ignored', plainRtp, noPlainRtp],
  ['regbadct', 'registrar', '400', 405, noRegistrar],
  ['badaspec', 'user agent', '400, or the spaces do no harm', 200, 'there is one way to read it'],
  ['baddn', 'user agent', '400, or the missing quotes are supplied', 200, 'there is one way to read it'],
  ['badvers', 'user agent', '505', 505],
  ['mismatch01', 'user agent', '400', 400],
  ['mismatch02', 'user agent', '400 or 501', 400, 'what is malformed comes first'],
  ['bigcode', 'user agent', 'dropped', 'dropped'],
]);

const transaction = rows('3.2', [
  ['badbranch', 'user agent', '400, or a transaction of RFC 2543', 400, 'no other is known'],
]);

const application = rows('3.3', [
  ['insuf', 'user agent', '400', 400],
  ['unkscm', 'user agent', '416', 416],
  ['novelsc', 'user agent', '416', 416],
  ['unksm2', 'registrar', '400', 405, noRegistrar],
  ['bext01', 'user agent', '420 with both extensions', 420],
  ['invut', 'user agent', '415', 415],
  ['regaut01', 'registrar', '401', 405, noRegistrar],
  ['multi01', 'user agent', '400', 400],
  ['mcl01', 'user agent', '400', 400],
  ['bcast', 'user agent', 'dropped', 'dropped'],
  ['zeromf', 'proxy', '483 from a proxy', 200, 'only those who pass it on count the hops'],
  ['cparam01', 'registrar', legal, 405, noRegistrar],
  ['cparam02', 'registrar', legal, 405, noRegistrar],
  ['regescrt', 'registrar', legal, 405, noRegistrar],
  ['sdp01', 'user agent', '406', plainRtp, noPlainRtp],
]);

const compatibility = rows('3.4', [['inv2543', 'user agent', 'taken for an RFC 2543 call', plainRtp, noPlainRtp]]);

/** All of them, in the order of the RFC. */
export const messages: readonly Row[] = [...valid, ...invalid, ...transaction, ...application, ...compatibility];
