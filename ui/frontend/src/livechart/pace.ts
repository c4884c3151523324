/** Does what is asked for often, but not more often than makes sense: one at a time, with a pause between, the last wish always. */

export class Pace {
  private isBusy = false;
  private isWanted = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly milliseconds: number,
  ) {}

  ask(): void {
    this.isWanted = true;
    if (!this.isBusy) void this.run();
  }

  private async run(): Promise<void> {
    this.isBusy = true;
    while (this.isWanted) {
      await new Promise((resolve) => setTimeout(resolve, this.milliseconds));
      this.isWanted = false;
      await this.work();
    }
    this.isBusy = false;
  }
}
