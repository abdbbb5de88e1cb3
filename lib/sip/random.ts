/** Letters and digits that nobody else has drawn; no secret. */
export const random = (): string => Math.random().toString(36).slice(2);
