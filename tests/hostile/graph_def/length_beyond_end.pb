
	
xNoOp
ÿÿÿÿ