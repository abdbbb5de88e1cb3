import type { VonagePlatform } from 'callstream/vonage';
import { WebSocket } from 'ws';

/** A platform on which the leg that is made has the name that the document gives it. */
export const renaming = (name: string): Required<Pick<VonagePlatform, 'webSocket' | 'fetch'>> => {
  let real: string | undefined;
  const there = (text: string): string => (real === undefined ? text : text.replaceAll(name, real));
  const here = (text: string): string => (real === undefined ? text : text.replaceAll(real, name));
  return {
    fetch: async (at, init) => {
      const { method, url, headers } = new Request(at, init);
      const body = typeof init?.body === 'string' ? { body: there(init.body) } : {};
      const response = await fetch(there(url), { method, headers, ...body });
      const text = await response.text();
      if (method === 'POST' && new URL(url).pathname === '/v0.3/legs')
        real = (JSON.parse(text) as { readonly rtc_id: string }).rtc_id;
      const { status } = response;
      return new Response(text === '' ? null : here(text), { status, headers: { 'Content-Type': 'application/json' } });
    },
    webSocket: url => {
      const socket = new WebSocket(url);
      const emit = socket.emit.bind(socket);
      socket.emit = (event: string | symbol, ...told: readonly unknown[]): boolean => {
        const [data, ...rest] = told;
        return event === 'message' && Buffer.isBuffer(data)
          ? emit(event, Buffer.from(here(data.toString())), ...rest)
          : emit(event, ...told);
      };
      return socket;
    },
  };
};
