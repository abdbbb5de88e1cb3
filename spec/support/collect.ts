import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Has V8 collect now what nobody holds. What a `WeakRef` has shown in this turn stays until the next. */
export const collect = runInNewContext('gc') as () => void;
