import type { Ears } from './listening.js';
import type { PeerReport } from './model.js';
import { allUnreachable, serversOf, serverUrls } from './servers.js';

type Kind = Extract<PeerReport, { readonly _tag: 'candidate' }>['kind'];

/** How the gathering of one connection is followed. */
type Gathering = {
  /** A description is about to be set which makes the platform gather. */
  readonly begin: () => void;
  /** What has to be heard of the connection. */
  readonly ears: Ears<RTCPeerConnectionEventMap>;
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
export const createGathering = (
  connection: Pick<RTCPeerConnection, 'iceGatheringState'>,
  configuration: () => RTCConfiguration,
  tell: (report: PeerReport) => void,
): Gathering => {
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
    // Taken back before it was over.
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
      // `null` is the end of all; an empty candidate is the end of one generation.
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
};

const kindOf = (candidate: string): Kind | undefined => {
  const kind = / typ (host|srflx|prflx|relay)\b/.exec(candidate)?.[1];
  return kind as Kind | undefined;
};
