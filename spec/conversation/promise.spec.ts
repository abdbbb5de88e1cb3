import fc from 'fast-check';
import { Backend, shownBy } from './support/backend.js';
import { runs } from '../support/runs.js';

type Act = { readonly run: (backend: Backend) => void; readonly toString: () => string };

const act = (name: string, run: (backend: Backend, n: number) => void): fc.Arbitrary<Act> =>
  fc.nat(9).map(n => ({
    run: backend => {
      run(backend, n);
    },
    toString: () => `${name}(${n})`,
  }));

const network: readonly fc.Arbitrary<Act>[] = [
  act('text', backend => {
    backend.say('text');
  }),
  act('seen', (backend, n) => {
    backend.say('seen', n);
  }),
  act('erased', (backend, n) => {
    backend.say('erased', n);
  }),
  act('void', backend => {
    backend.say('void');
  }),
  act('deliver', (backend, n) => {
    backend.deliver(n);
  }),
  act('repeat', (backend, n) => {
    backend.repeat(n);
  }),
  act('lose', (backend, n) => {
    backend.lose(n);
  }),
  act('cut', backend => {
    backend.cut();
  }),
  act('mend', backend => {
    backend.mend();
  }),
  act('read', (backend, n) => {
    backend.read(n);
  }),
  act('hear', (backend, n) => {
    backend.hear(n);
  }),
];

const viewers: readonly fc.Arbitrary<Act>[] = [
  act('watch', backend => {
    backend.input({ _tag: 'watch' });
  }),
  act('unwatch', backend => {
    backend.input({ _tag: 'unwatch' });
  }),
  act('release', backend => {
    if (!backend.record.view.watched) backend.input({ _tag: 'release' });
  }),
  act('load-older', backend => {
    backend.input({ _tag: 'load-older', ref: 'r' });
  }),
];

const lapse = act('lapse', backend => {
  backend.lapse();
});

const begun = (): Backend => {
  const backend = new Backend();
  backend.say('text');
  backend.deliver();
  return backend;
};

/** Plays the acts after a first message that everybody has, then lets the network heal. */
const play = (acts: readonly Act[], backend = begun()): Backend => {
  acts.forEach(({ run }) => {
    run(backend);
  });
  backend.cut();
  backend.mend();
  backend.settle();
  return backend;
};

const idsOf = (backend: Backend): readonly number[] =>
  backend.events.flatMap(event => ('id' in event ? [event.id] : []));

/** In order and once, which is the same as strictly upwards. */
const isUpwards = (ids: readonly number[]): boolean =>
  ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0));

describe('conversation: each event once, in order', () => {
  it('is kept whatever the network does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...network, ...viewers), { maxLength: 60 }), acts => {
        const backend = play(acts);
        expect(idsOf(backend)).toEqual(backend.log.map(({ id }) => id));
      }),
      runs(1),
    );
  });

  it('begins anywhere, and from there on misses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(...network.slice(0, 4)), { maxLength: 10 }),
        fc.array(fc.oneof(...network, ...viewers), { maxLength: 50 }),
        (before, acts) => {
          const backend = new Backend();
          // What happened before we came is history.
          backend.cut();
          before.forEach(({ run }) => {
            run(backend);
          });
          backend.mend();
          play(acts, backend);
          const ids = idsOf(backend);
          expect(ids).toEqual(backend.log.map(({ id }) => id).filter(id => id >= (ids[0] ?? Infinity)));
        },
      ),
      runs(1),
    );
  });

  it('shows a hole that was not filled in time, and nothing twice or out of order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...network, lapse), { maxLength: 60 }), acts => {
        const backend = play(acts);
        const ids = idsOf(backend);
        expect(isUpwards(ids)).toBe(true);
        const told = backend.events.flatMap(event => (event.kind === 'gap' ? [event] : []));
        const missing = backend.log.map(({ id }) => id).filter(id => !ids.includes(id));
        expect(missing.filter(id => !told.some(({ from, to }) => from <= id && id <= to))).toEqual([]);
        // What was told as missing has come by now, and nothing is thought to be missing any more.
        expect(backend.record.sequence.gaps).toEqual([]);
      }),
      runs(1),
    );
  });

  it('shows a viewer what the server has', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...network, ...viewers, lapse), { maxLength: 60 }), acts => {
        const backend = play(acts);
        backend.input({ _tag: 'watch' });
        backend.settle();
        const { conversation } = backend.record;
        const chat = backend.log.filter(({ kind }) => kind === 'message:text').map(shownBy(backend.log));
        expect(conversation.events.toArray()).toEqual(chat.slice(chat.length - conversation.events.length));
        expect(conversation.events.length === chat.length || conversation.history.before).toBe(true);
        expect(conversation.sync).toBe('live');
      }),
      runs(1),
    );
  });
});

describe('conversation: regressions of event order', () => {
  const played = (...acts: readonly ((backend: Backend) => void)[]): Backend => {
    const backend = begun();
    acts.forEach(run => {
      run(backend);
    });
    backend.input({ _tag: 'watch' });
    backend.settle();
    return backend;
  };
  const shown = (backend: Backend): readonly unknown[] => backend.record.conversation.events.toArray();
  const truth = (backend: Backend): readonly unknown[] =>
    backend.log.filter(({ kind }) => kind === 'message:text').map(shownBy(backend.log));

  it('a line that went between the first event and the first page', () => {
    const backend = new Backend();
    backend.input({ _tag: 'watch' });
    backend.say('text');
    backend.say('seen');
    backend.deliver();
    backend.cut();
    backend.mend();
    backend.settle();
    expect(idsOf(backend)).toEqual([1, 2]);
  });

  it('a receipt that came before the page with its message, and the message once more', () => {
    const backend = played(
      () => undefined,
      one => {
        one.say('seen');
        one.input({ _tag: 'watch' });
        one.deliver();
        one.repeat(0);
      },
    );
    expect(shown(backend)).toEqual(truth(backend));
  });

  it('a page that was read before a receipt and arrived after it', () => {
    const backend = played(one => {
      one.input({ _tag: 'watch' });
      [0, 0, 0, 0].forEach(() => {
        one.read(0);
      });
      one.say('seen');
      one.deliver();
    });
    expect(shown(backend)).toEqual(truth(backend));
  });

  it('an answer for a window that had been let go', () => {
    const backend = played(one => {
      one.input({ _tag: 'watch' });
      one.read(0);
      one.hear(0);
      one.input({ _tag: 'unwatch' });
      one.input({ _tag: 'release' });
      one.settle();
    });
    expect(backend.record.conversation.events.length === 1 || backend.record.conversation.history.before).toBe(true);
  });

  it('two receipts, and two deletions, of one message', () => {
    const backend = played(one => {
      ['seen', 'seen', 'erased', 'erased'].forEach(kind => {
        one.say(kind as 'seen' | 'erased');
      });
      one.input({ _tag: 'watch' });
      one.deliver(1);
      one.repeat(0);
      one.deliver(2);
    });
    expect(shown(backend)).toEqual(truth(backend));
  });
});
