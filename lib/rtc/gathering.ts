import type { PeerReport } from './model.js';

type Kind = Extract<PeerReport, { readonly _tag: 'candidate' }>['kind'];

/** How the gathering of one connection is followed. */
type Gathering = {
  /** A description is about to be set which makes the platform gather. */
  readonly begin: () => void;
  /** Event handlers of the connection. */
  readonly ears: ConnectionListeners<RTCPeerConnectionEventMap>;
};

/**
 * Tells what gathering brings, once for each gathering: `gathering`, then candidates, then `gathered`.
 *
 *     begin     g----------g----
 *     ICE       --c-c--e-z---c-z     c  candidate  e  the last server failed  z  no more candidates
 *     report    g-c-c--u-z-g-c-z     u  unreachable
 *
 * The platform's own event of a beginning may come when the first candidate is there, or when all are.
 */
export function createGathering(
  connection: Pick<RTCPeerConnection, 'iceGatheringState'>,
  configuration: () => RTCConfiguration,
  tell: (report: PeerReport) => void,
): Gathering {
  let underWay = false;
  let interfaces = 0;
  let reached = false;
  let errors: readonly { readonly url: string; readonly text: string }[] = [];

  const begin = (): readonly PeerReport[] => {
    if (underWay) return [];
    underWay = true;
    interfaces = 0;
    reached = false;
    errors = [];
    const now = configuration();
    return [{ _tag: 'gathering', servers: serversOf(now), relayOnly: now.iceTransportPolicy === 'relay' }];
  };

  const end = (): readonly PeerReport[] => {
    if (!underWay) return [];
    underWay = false;
    return [{ _tag: 'gathered' }];
  };

  const candidate = (text: string): readonly PeerReport[] => {
    const kind = kindOf(text);
    if (kind === undefined) return [];
    if (kind === 'host' && / udp /i.test(text)) interfaces += 1;
    if (kind !== 'host') reached = true;
    return [{ _tag: 'candidate', kind }];
  };

  const failure = ({ url, errorText }: RTCPeerConnectionIceErrorEvent): readonly PeerReport[] => {
    const urls = serverUrls(configuration());
    const before = allUnreachable(urls, interfaces, errors);
    errors = [...errors, { url, text: errorText }];
    return !reached && !before && allUnreachable(urls, interfaces, errors) ? [{ _tag: 'unreachable' }] : [];
  };

  const change = (): readonly PeerReport[] => {
    if (connection.iceGatheringState === 'gathering') return begin();
    if (connection.iceGatheringState === 'complete') return end();
    // A rollback during gathering: the state is `new` again, and nothing is reported.
    underWay = false;
    return [];
  };

  const tellAll = (reports: readonly PeerReport[]): void => {
    reports.forEach(tell);
  };

  return {
    begin: () => {
      tellAll(begin());
    },
    ears: {
      // A null candidate ends gathering; an empty one ends a generation only. RFC 8839 §5.1.
      icecandidate: event => {
        tellAll(event.candidate === null ? end() : candidate(event.candidate.candidate));
      },
      icecandidateerror: event => {
        tellAll(failure(event));
      },
      icegatheringstatechange: () => {
        tellAll(change());
      },
    },
  };
}

function kindOf(candidate: string): Kind | undefined {
  const kind = / typ (host|srflx|prflx|relay)\b/.exec(candidate)?.[1];
  return kind as Kind | undefined;
}

/** The URLs of the servers that candidates are asked from. */
function serverUrls({ iceServers = [] }: RTCConfiguration): readonly string[] {
  return iceServers.flatMap(({ urls }) => urls);
}

/** The best kind of candidate that these servers can give. */
export function serversOf(configuration: RTCConfiguration): 'none' | 'stun' | 'turn' {
  const schemes = serverUrls(configuration).map(url => url.toLowerCase());
  if (schemes.some(url => url.startsWith('turn:') || url.startsWith('turns:'))) return 'turn';
  return schemes.length > 0 ? 'stun' : 'none';
}

/**
 * Canonical form of a STUN or TURN URL: lower case, with port, without `transport=udp`. Error events may write it in
 * another form.
 */
export function sameServer(url: string): string {
  return url
    .toLowerCase()
    .replace(/\?transport=udp$/, '')
    .replace(/^((?:stun|turn):(?:\[[^\]]*\]|[^:?]*))(?=\?|$)/, '$1:3478')
    .replace(/^((?:stuns|turns):(?:\[[^\]]*\]|[^:?]*))(?=\?|$)/, '$1:5349');
}

/**
 * True when each server has failed on each interface, and not only because of the address family. An error is about one
 * server on one interface: a server of the other family fails there at once while the right interface still waits for its
 * response.
 */
export function allUnreachable(
  urls: readonly string[],
  interfaces: number,
  errors: readonly { readonly url: string; readonly text: string }[],
): boolean {
  return (
    urls.length > 0 &&
    urls.map(sameServer).every(url => {
      const own = errors.filter(error => sameServer(error.url) === url);
      return own.length >= interfaces && own.some(({ text }) => !/incompatible/i.test(text));
    })
  );
}

/** Event names and their handlers. */
export type ConnectionListeners<Events> = { readonly [Name in keyof Events]?: (event: Events[Name]) => void };

/**
 * Adds listeners; the result removes them. Plain functions: one RxJS chain for each event would multiply the memory of a
 * call.
 */
export function listen<Events>(
  target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>,
  ears: ConnectionListeners<Events>,
): () => void {
  const each = (change: (name: string, ear: EventListener) => void): void => {
    for (const [name, ear] of Object.entries<EventListener>(ears as Record<string, EventListener>)) change(name, ear);
  };
  each((name, ear) => {
    target.addEventListener(name, ear);
  });
  return () => {
    each((name, ear) => {
      target.removeEventListener(name, ear);
    });
  };
}
