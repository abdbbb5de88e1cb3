import type { Session } from 'callstream';

/** The ids of the two lines. Both carry calls; that of the service carries the conversations, too. */
export const sipLine = 'sip';
export const serviceLine = 'service';

export type LineId = typeof sipLine | typeof serviceLine;

/** What the lines are called on the page, in the order in which they are offered. */
export const lineNames: readonly (readonly [LineId, string])[] = [
  [sipLine, 'SIP'],
  [serviceLine, 'Service'],
];

/** Whether that line is there. */
export const isUp = ({ lines }: Session, line: LineId): boolean =>
  lines.some(({ id, connection }) => id === line && connection === 'connected');

/** Whether the line of the conversations is there. */
export const chatIsUp = (session: Session): boolean => isUp(session, serviceLine);

/** Whether only the line of the conversations is away: a call goes on without it. */
export const onlyChatIsLost = ({ lines }: Session): boolean =>
  lines.every(({ id, connection }) => connection === 'connected' || id === serviceLine);
