/** Reads again and again until the value is as wished; when the time is up, the last value goes to the expectation. */
export const eventually = async <A>(read: () => Promise<A>, wished: (value: A) => boolean, ms = 10_000): Promise<A> => {
  const end = Date.now() + ms;
  let value = await read();
  while (!wished(value) && Date.now() < end) {
    await new Promise(go => setTimeout(go, 50));
    value = await read();
  }
  return value;
};
