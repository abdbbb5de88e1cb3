import { lifetimeOf } from '../../lib/service/token.js';

const now = Date.UTC(2026, 0, 1, 12);
const at = now / 1000;
const token = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

/** Ways of a clock: ours is right, an hour and more slow, and an hour and more fast. */
it.each<[string, object, number]>([
  ['with half of its life behind it', { iat: at - 1800, exp: at + 1800 }, 1800],
  ['by a clock that is slow', { iat: at + 7200, exp: at + 10_800 }, 3600],
  ['by a clock that is fast', { iat: at - 7200, exp: at - 3600 }, 3600],
  ['that does not say since when', { exp: at + 60 }, 60],
  ['that does not say since when, and is over', { exp: at - 60 }, 0],
  ['that does not say until when', { iat: at }, 86_400],
  ['whose times are none', { iat: 'now', exp: 'soon' }, 86_400],
])('a token %s', (_, claims, seconds) => {
  expect(lifetimeOf(token(claims), now)).toBe(seconds);
});

it('what is no token at all is good for a day', () => {
  expect(['', 'x', 'a.%.c', 'a.bnVsbA.c'].map(text => lifetimeOf(text, now))).toEqual([86_400, 86_400, 86_400, 86_400]);
});
