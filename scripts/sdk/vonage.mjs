/** The whole of `callstream/vonage`, as a page loads it by itself. */
export * from '../../lib/vonage/index.ts';
export { VonageClient, VonageClient as default } from './vonageclient.mjs';
