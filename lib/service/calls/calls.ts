import { Subscription, of, switchMap, type Observable } from 'rxjs';
import type { CallOrder } from '../../call/port.js';
import { isLeft, left, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import type { Media } from '../../media/port.js';
import { plainMedia } from '../../rtc/media.js';
import { failed, thrown } from '../failure.js';
import type { ServiceOptions } from '../options.js';
import type { Rest } from '../rest.js';
import { type ServiceContext, createEndedLegs } from './context.js';
import { receiveEvent } from './inbound.js';
import { perform } from './orders.js';

/** The calls of one line. */
type Calls = {
  readonly perform: (order: CallOrder) => void;
  /** Any event of the socket. */
  readonly hear: (type: string, payload: unknown) => void;
  /** Releases all calls without requests. */
  readonly release: () => void;
};

/** Services of the line that its calls use. */
type Parts = Pick<ServiceContext, 'newId' | 'identity' | 'meIn' | 'report'> & {
  /** From `devices:`. */
  readonly media?: Media;
  readonly rest: Rest;
  /** Gives the service another token. */
  readonly refresh: () => Observable<Either<Failure, undefined>>;
};

/** Makes a line carry calls. */
export type Carry = (parts: Parts) => Calls;

type Settings = Pick<ServiceOptions, 'userMedia' | 'audioElement'> & ServiceContext['options'];

/** Asks once, and where the token is refused once more with another one, as one would answer a challenge. */
function renewing(rest: Rest, refresh: Parts['refresh']): Rest {
  return asking =>
    rest(asking).pipe(
      switchMap(result =>
        isLeft(result) && result.left.fault.statusCode === 401
          ? refresh().pipe(switchMap(told => (isLeft(told) ? of(result) : rest(asking))))
          : of(result),
      ),
    );
}

function guarding(report: ServiceContext['report']): ServiceContext['guard'] {
  return (action, { call, settle } = {}) => {
    try {
      action();
    } catch (error: unknown) {
      const failure = failed('internal', thrown(error));
      report({ _tag: 'fault', ...(call === undefined ? {} : { call }), fault: failure.fault });
      settle?.(left(failure));
    }
  };
}

/** `connections`: where the peer connections of the calls are to be found while there are any. */
export function carrying(options: Settings, connections: ServiceContext['connections']): Carry {
  return ({ rest, refresh, media = plainMedia(options.userMedia, options.audioElement), ...parts }) => {
    let life = new Subscription();
    const agent: ServiceContext = {
      ...parts,
      options,
      connections,
      media,
      ask: renewing(rest, refresh),
      calls: new Map(),
      endedLegs: createEndedLegs(),
      life: () => life,
      guard: guarding(parts.report),
    };
    return {
      perform: order => {
        perform(agent, order);
      },
      hear: (type, payload) => {
        agent.guard(() => {
          receiveEvent(agent, type, payload);
        });
      },
      release: () => {
        for (const call of [...agent.calls.values()]) call.life.unsubscribe();
        agent.calls.clear();
        life.unsubscribe();
        life = new Subscription();
      },
    };
  };
}
