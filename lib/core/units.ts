/** Milliseconds: a duration, or a time since the epoch. */
export type Millis = number;

/** Identifies an order or a command; its outcome carries the same. */
export type Ref = string;
