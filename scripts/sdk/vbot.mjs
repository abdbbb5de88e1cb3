/** The whole of `callstream/vbot`, as a page loads it by itself. */
import { VBotClient as open } from '../../lib/vbot/index.ts';
import { servedFrom } from './served.mjs';

export * from '../../lib/vbot/index.ts';

const origin = servedFrom(BUNDLE_IS_MODULE ? import.meta.url : document.currentScript?.src);

export const VBotClient = (accessToken, options) =>
  open(accessToken, origin === undefined ? options : { baseUrl: origin, ...options });
