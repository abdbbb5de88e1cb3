/** A call centre's component: a custom element around a client that stands in reactive state, with listeners for all. */
import { HangupReason, LegStatus, VonageClient, type Json } from '@vonage/client-sdk';

declare global {
  interface Window {
    /** Where the service is, as the page says. */
    address: { apiUrl: string; websocketUrl: string };
  }
}

/** What a framework makes of state: a proxy all the way down, but for what is frozen. */
const reactive = <A extends object>(value: A): A =>
  new Proxy(value, {
    get: (target, name, receiver): unknown => {
      const found: unknown = Reflect.get(target, name, receiver);
      const isState = typeof found === 'object' && found !== null && !Object.isFrozen(found);
      return isState && Object.getPrototypeOf(found) === Object.prototype ? reactive(found) : found;
    },
  });

class CallDesk extends HTMLElement {
  readonly state = reactive({ status: 'offline', client: new VonageClient(window.address) });
  callId: string | undefined;

  connectedCallback(): void {
    this.innerHTML =
      '<p></p><button name="call">Call</button><button name="dtmf">1</button><button name="mute">Mute</button><button name="end">End</button><ul></ul>';
    this.addEventListener('click', ({ target }) => {
      void this.act((target as HTMLButtonElement).name);
    });
    void this.open();
  }

  note(text: string): void {
    const item = document.createElement('li');
    item.textContent = text;
    this.querySelector('ul')?.append(item);
  }

  async open(): Promise<void> {
    const { client } = this.state;
    try {
      const body = JSON.stringify({ user: new URLSearchParams(location.search).get('user') });
      const { token } = (await (await fetch('/dev/token', { method: 'POST', body })).json()) as { token: string };
      // A name that no version has, as in the component that this one is modelled on.
      const late = client.on(
        'callAnswered' as never,
        (() => {
          this.note('never told');
        }) as never,
      );
      await client.createSession(token);
      this.note(`late listener is a ${typeof late}, off: ${client.off('callAnswered' as never, late)}`);
      client.on('sessionError', reason => {
        this.note(`session error ${reason}`);
      });
      client.on('legStatusUpdate', (_call, _leg, status) => {
        if (status === LegStatus.Answered) this.note('answered');
      });
      client.on('mute', (_call, _leg, isMuted) => {
        this.note(isMuted ? 'muted' : 'unmuted');
      });
      client.on('callHangup', (_call, { mos_score }, reason) => {
        this.callId = undefined;
        this.note(reason === HangupReason.LocalHangup ? 'I have ended it' : 'They have ended it');
        this.note(`mos is a ${typeof mos_score}`);
      });
      this.note('online');
    } catch (error) {
      this.note(`session not active: ${String(error)}`);
    }
  }

  async act(name: string): Promise<void> {
    const { client } = this.state;
    const context: Json = { to: 'echo', customer: { id: 7, tags: ['vip'] } };
    if (name === 'call') {
      this.callId = await client.serverCall(context);
      this.note('in call');
    } else if (this.callId !== undefined) {
      if (name === 'dtmf')
        await client.sendDTMF(this.callId, '1').then(() => {
          this.note('pressed 1');
        });
      if (name === 'mute') await client.mute(this.callId);
      if (name === 'end') await client.hangup(this.callId);
    }
  }
}

customElements.define('call-desk', CallDesk);
