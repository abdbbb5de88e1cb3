/** The client of `callstream/vonage`, whose default address is the local server that it was loaded from. */
import { VonageClient as Client } from '../../lib/vonage/index.ts';
import { servedFrom } from './served.mjs';

// Which of the two a bundle is, is known when it is built; a classic script knows its own address only while it runs.
const origin = servedFrom(BUNDLE_IS_MODULE ? import.meta.url : document.currentScript?.src);

export class VonageClient extends Client {
  constructor(config, platform) {
    super(origin === undefined ? config : { ...config, apiUrl: config?.apiUrl ?? origin }, platform);
  }
}
