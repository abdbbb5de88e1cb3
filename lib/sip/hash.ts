import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of a text, two digits each, in lower case. */
export const hexOf = (text: string): string => hex(utf8(text));
export const md5Of = (text: string): string => hex(md5(utf8(text)));
export const sha256Of = (text: string): string => hex(sha256(utf8(text)));
