/** How long this process has been at work until now, in ms: not how long it took, which says more of the machine. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
