/** Whatever JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Custom data: an object, whatever is in it. */
export type JsonObject = { readonly [key: string]: Json };
