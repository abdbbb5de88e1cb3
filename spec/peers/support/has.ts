/** Whether a value of plain data has all of these parts. */
export const has = <A extends object>(wanted: Partial<A>): ((value: A) => boolean) => {
  const parts = Object.entries(wanted);
  return value => parts.every(([name, part]) => JSON.stringify(value[name as keyof A]) === JSON.stringify(part));
};
