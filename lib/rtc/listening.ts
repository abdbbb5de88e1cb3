/** What hears each event, by its name. */
export type Ears<Events> = { readonly [Name in keyof Events]?: (event: Events[Name]) => void };

/**
 * Listens to some events of a target until the result is called. A call keeps its listeners for as long as it lasts: they
 * are plain functions, where a chain of operators for each event is several times what the rest of the call holds.
 */
export const listen = <Events>(
  target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>,
  ears: Ears<Events>,
): (() => void) => {
  const each = (change: (name: string, ear: EventListener) => void): void => {
    for (const [name, ear] of Object.entries<EventListener>(ears as Record<string, EventListener>)) change(name, ear);
  };
  each((name, ear) => {
    target.addEventListener(name, ear);
  });
  return () => {
    each((name, ear) => {
      target.removeEventListener(name, ear);
    });
  };
};
