// _crew.ts: tasks done by workers, one for each core.

/**
 * Has every task done, each by one worker; rejects at the first that fails.
 *
 * @param module What the workers run: answers each message with one.
 * @param tasks Are begun in this order.
 * @param done Takes the answer to a task; what it throws ends all.
 */
export async function share<Task, Answer>(
  module: URL,
  tasks: readonly Task[],
  done: (task: Task, answer: Answer) => void,
): Promise<void> {
  const queue = tasks.values();
  const workers: Worker[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(module, { type: "module" });
      workers.push(worker);
      worker.onerror = ({ message }) => reject(new Error(message));
      const proceed = () => {
        const { done: over, value: task } = queue.next();
        if (over) return resolve();
        worker.onmessage = ({ data }: MessageEvent<Answer>) => {
          try {
            done(task, data);
            proceed();
          } catch (error) {
            reject(error);
          }
        };
        worker.postMessage(task);
      };
      proceed();
    });
  try {
    const cores = navigator.hardwareConcurrency;
    await Promise.all(Array.from({ length: cores }, work));
  } finally {
    for (const worker of workers) worker.terminate();
  }
}
