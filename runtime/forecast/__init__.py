"""What a run will take, told before it starts: time, memory and the largest batch, measured in a few steps that nobody keeps."""
