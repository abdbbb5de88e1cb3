/** Reads again and again until the value is as wished; after ten seconds it gives the last value to the expectation. */
export const eventually = async <A>(read: () => Promise<A>, wished: (value: A) => boolean): Promise<A> => {
  const end = Date.now() + 10_000;
  let value = await read();
  while (!wished(value) && Date.now() < end) {
    await new Promise(go => setTimeout(go, 50));
    value = await read();
  }
  return value;
};
